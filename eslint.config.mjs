import js from '@eslint/js';
import jupyter from '@jupyter/eslint-plugin';
import prettier from 'eslint-config-prettier';
import globals from 'globals';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      'node_modules',
      'lib',
      'hepbatch',
      '.venv',
      '.testbed',
      '.cache',
      'dist',
      'ui-tests/test-results',
      'examples'
    ]
  },
  js.configs.recommended,
  // The rules of JupyterLab, where JupyterLab is; the preset does not name itself as the plugin.
  ...jupyter.configs.recommended.map(config => ({
    ...config,
    plugins: { jupyter },
    ignores: ['src/contract/**', 'src/agent/**', 'src/cli/**']
  })),
  {
    files: ['src/**/*.ts', 'src/**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { jupyter },
    languageOptions: { parserOptions: { project: ['tsconfig.test.json'] } },
    rules: {
      '@typescript-eslint/naming-convention': [
        'error',
        { selector: 'interface', format: ['PascalCase'], custom: { regex: '^I[A-Z]', match: true } }
      ],
      // A namespace beside a class is how JupyterLab names its options.
      '@typescript-eslint/no-namespace': 'off',
      // Numbers in messages are what we want.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Handlers of React and Lumino are told what to do, not asked.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      curly: ['error', 'all'],
      eqeqeq: 'error',
      'prefer-arrow-callback': 'error'
    }
  },
  {
    files: ['src/lab/**/*.ts', 'src/lab/**/*.tsx', 'src/widgets/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'CallExpression[callee.object.name="Notification"]' +
            '[callee.property.name=/^(info|success|warning|error)$/][arguments.length<2]',
          message: 'Without autoClose Lab shows no message, and only counts it.'
        }
      ],
      // Lumino's signals are given the object beside the method.
      '@typescript-eslint/unbound-method': 'off',
      // Small parts of ours that activation needs at once; views and models come by import().
      'jupyter/prefer-lazy-imports': [
        'warn',
        {
          ignoreImports: ['./commands', './section', './sidebar', './look-for-agent', './panels']
        }
      ]
    }
  },
  {
    files: ['src/{lab,widgets}/**/__tests__/**', 'ui-tests/**'],
    rules: {
      // Nobody reads the titles that tests make up, and each test ends what it opened.
      'jupyter/no-untranslated-string': 'off',
      'jupyter/require-disposable-ownership': 'off'
    }
  },
  {
    files: ['**/*.mjs', '**/*.mts', '**/*.js', '**/*.cjs'],
    languageOptions: { globals: globals.node }
  },
  { files: ['ui-tests/**/*.ts'], extends: [tseslint.configs.recommended] },
  prettier
);

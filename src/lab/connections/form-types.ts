import type { ComponentProps, ComponentType } from 'react';
import type { IFormComponentProps } from '@jupyterlab/ui-components';

type Given<K extends keyof IFormComponentProps> = NonNullable<IFormComponentProps[K]>;
type PropsOf<C> = C extends ComponentType<infer P> ? P : never;
type Templates = Given<'templates'>;

/** A JSON Schema as `FormComponent` takes it. */
export type FormSchema = Given<'schema'>;

/** How the fields of a schema are shown. */
export type FormLook = Given<'uiSchema'>;

/** What is wrong with the fields of a schema. */
export type FormFaults = Given<'extraErrors'>;

/** What the frame of a field is drawn from. */
export type FieldProps = ComponentProps<NonNullable<Templates['FieldTemplate']>>;

/** What the frame of several fields is drawn from. */
export type ObjectProps = ComponentProps<NonNullable<Templates['ObjectFieldTemplate']>>;

/** What the control of a field is drawn from. */
export type WidgetProps = PropsOf<Given<'widgets'>[string]>;

/** Name of the module that the Python classes name. */
export const MODULE = 'hepbatch';

/** Version of the widget models; the Python classes ask for one that fits it. */
export const VERSION = '0.1.0';

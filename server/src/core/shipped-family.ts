/** Shipped models are called after their folder, with this before it: `sketchbook-base` lies in `base`. */
export const SHIPPED_FAMILY = 'sketchbook-';

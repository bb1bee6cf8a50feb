/** Set by our own proxy on every request, so a visitor cannot choose it. */
export const askedPathHeader = 'x-tulle-asked-path';

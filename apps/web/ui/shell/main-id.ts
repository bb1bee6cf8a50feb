/** The scrolling part of every page; the skip link leads to it, long tables measure it. */
export const mainId = 'main';

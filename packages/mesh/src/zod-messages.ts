import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';

/**
 * The schemas are made with Zod's functions (`zod/mini`), since its classes with methods cost every agent memory.
 * Those come without words: without this a mistake would read "Invalid input" whatever it is.
 */
z.config(en());

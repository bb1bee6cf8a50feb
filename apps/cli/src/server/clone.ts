import path from 'node:path';

/** The folder of the repository. The bundle in dist/bundle/ lies as deep as this file, so it finds the same. */
export const cloneDirectory = path.join(import.meta.dirname, '../../../..');

export const defaultDataDirectory = path.join(cloneDirectory, '.tulle');

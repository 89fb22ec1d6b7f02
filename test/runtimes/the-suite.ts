/** Stands for the test files that a bundle is made of: `bundle-suite.ts` puts them in this place. */
throw new Error('no test files were put in this place')

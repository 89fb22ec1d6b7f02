export { createTokenSource, type TokenSource, type TokenSourceOptions } from './token-source.ts'

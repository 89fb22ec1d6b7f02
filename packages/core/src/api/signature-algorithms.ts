import { isListOfTexts, type OptionRule } from '../options.ts'

const names = 'RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519'

/** The rule of an option that lists signature algorithms: asymmetric ones only (RFC 8725 section 3.1), at least one. */
export const signatureAlgorithms: OptionRule = [
  `a list of some of ${names}`,
  (value) => isListOfTexts(value) && value.length > 0 && value.every((name) => names.split(', ').includes(name)),
]

import type { ClaimsSchema } from '../../src/claims-schema.ts'

/** A schema as a validation library makes it: a text `dob`, and nothing else. */
export const birthday: ClaimsSchema<{ dob: string }> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate(value) {
      const { dob } = value as { dob?: unknown }
      return typeof dob === 'string' ? { value: { dob } } : { issues: [{ message: `not ${dob}`, path: ['dob'] }] }
    },
  },
}

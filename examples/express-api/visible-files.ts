import { createDataFilter, scope } from '@countersign/core'
import type { StoredFile } from './data.ts'

/** Who sees which files, and who learns whom to write to. */
export const visibleFiles = createDataFilter<StoredFile>({
  rows: [
    { needs: scope('files.read_public'), where: { visibility: 'public' } },
    { needs: scope('files.read_private'), where: { visibility: 'private' } },
  ],
  fields: { email: scope('contacts.read') },
})

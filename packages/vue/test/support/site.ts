import { enableAutoUnmount } from '@vue/test-utils'
import { afterEach } from 'vitest'
import { clearBrowser } from '../../../core/test/support/site.ts'

export { createSite, type Site } from '../../../core/test/support/site.ts'

enableAutoUnmount(afterEach)
afterEach(clearBrowser)

import { cleanup } from '@testing-library/react'
import { afterEach } from 'vitest'
import { clearBrowser } from '../../../core/test/support/site.ts'

export { createSite, type Site } from '../../../core/test/support/site.ts'

afterEach(() => {
  cleanup()
  clearBrowser()
})

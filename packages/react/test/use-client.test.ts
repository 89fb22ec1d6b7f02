import { renderHook } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { useClient } from '../src/index.ts'
import { provided } from './support/provided.ts'
import { createSite } from './support/site.ts'

test('gives the client of the provider', () => {
  const { client } = createSite()
  expect(renderHook(() => useClient(), { wrapper: provided(client) }).result.current).toBe(client)
})

test('names the provider when it is missing', () => {
  const silence = vi.spyOn(console, 'error').mockReturnValue(undefined)
  expect(() => renderHook(() => useClient())).toThrow('<CountersignProvider client={client}> is missing')
  silence.mockRestore()
})

import { expect, it } from 'vitest'
import { dropsCookies, sendCookies, sentCookies, setCookies, withCookies } from '../../src/http/cookie-channel.ts'

it('knows that Node keeps Cookie headers', () => {
  expect(dropsCookies()).toBe(false)
})

it('reads the header of a request, and what was sent beside it first', () => {
  const request = new Request('http://localhost', { headers: { cookie: 'a=1' } })
  expect(sentCookies(request)).toBe('a=1')
  sendCookies(request, 'b=2')
  expect([sentCookies(request), sentCookies(new Request('http://localhost'))]).toEqual(['b=2', ''])
})

it('gives the cookies of an answer in their order, from the headers as well', () => {
  const cookies = ['a=1; Path=/', 'b=2; Path=/']
  const response = withCookies(new Response(), cookies)
  expect([setCookies(response), response.headers.getSetCookie()]).toEqual([cookies, cookies])
  expect(setCookies(new Response(null, { headers: { 'set-cookie': 'c=3' } }))).toEqual(['c=3'])
})

import { describe, expect, it } from 'vitest'
import { cspSource } from '../../src/http/answers.ts'

describe('the source of an address in a Content Security Policy', () => {
  it.each([
    ['https://app.example/cb', 'https://app.example'],
    ['http://127.0.0.1:8080/cb', 'http://127.0.0.1:8080'],
    ['http://[::1]:8080/cb', 'http:'],
    ['com.example.app:/cb', 'com.example.app:'],
    ['https://app.example;sandbox/cb', 'https:'],
    ['https://app.example,script-src/cb', 'https:'],
  ])('of %s is %s', (address, source) => {
    expect(cspSource(address)).toBe(source)
  })
})

/** What the fixtures of the suites use of Node's globals, where these are none. */
export { Buffer } from 'node:buffer'
export { setImmediate } from 'node:timers'

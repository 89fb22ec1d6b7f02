import { describe, expect, test } from 'vitest'
import { createBoundedMap } from '../src/bounded-map.ts'
import { createClock } from '../src/clock.ts'

describe('createBoundedMap', () => {
  const clock = createClock({ fixedAt: 0 })
  const endsAt = (map: Map<string, number>, count: number, end: number): void => {
    for (let index = 0; index < count; index++) map.set(`${end}-${index}`, end)
  }

  test('keeps as many entries as it may, and drops the oldest', () => {
    const map = createBoundedMap<number>({ clock, most: 3 })
    for (const key of ['a', 'b', 'c', 'd']) map.set(key, 1)
    expect([...map.keys()]).toEqual(['b', 'c', 'd'])
  })

  test('a key that is set again keeps its place and drops nobody', () => {
    const map = createBoundedMap<number>({ clock, most: 2 })
    for (const key of ['a', 'b', 'a']) map.set(key, 1)
    expect([...map.keys()]).toEqual(['a', 'b'])
  })

  test('forgets what is over with the first entry after a minute', () => {
    const map = createBoundedMap<number>({ clock, most: 100, isOver: (end) => end <= clock.now() })
    endsAt(map, 5, 30_000)
    endsAt(map, 5, 90_000)
    clock.advance(59)
    map.set('early', 90_000)
    expect(map.size).toBe(11)
    clock.advance(1)
    map.set('late', 90_000)
    expect([...map.values()].filter((end) => end === 30_000)).toEqual([])
    expect(map.size).toBe(7)
    clock.reset()
  })

  test('forgets what is over within the minute when it grows', () => {
    const map = createBoundedMap<number>({ clock, most: 100_000, isOver: (end) => end <= clock.now() })
    endsAt(map, 5000, 0)
    expect(map.size).toBeLessThanOrEqual(256)
  })

  test('forgets after the clock went back, too', () => {
    let over = false
    const map = createBoundedMap<number>({ clock, most: 100, isOver: () => over })
    map.set('a', 1)
    over = true
    clock.advance(-3600)
    map.set('b', 1)
    expect([...map.keys()]).toEqual(['b'])
    clock.reset()
  })
})

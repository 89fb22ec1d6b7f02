/** What the mock remembers of the logins of each user: for `lastAuth`, known devices, methods (IDP-SPEC 4.6). */
import type { Execution, GeoPosition } from './execution.ts'

/** One completed login. */
export interface PastLogin {
  /** Seconds since the epoch. */
  readonly time: number
  readonly ip?: string
  readonly geo?: GeoPosition
}

/** The logins of one user. */
export interface UserHistory {
  /** Newest first, at most 10. */
  readonly logins: PastLogin[]
  /** Methods that ever succeeded, as in `amr`. */
  readonly methods: Set<string>
  /** At most 100, the oldest goes first. */
  readonly devices: Set<string>
  /** Device id to the end of its trust, in milliseconds since the epoch. */
  readonly trusted: Map<string, number>
}

/** Histories by user id. */
export type Histories = Map<string, UserHistory>

const mostLogins = 10
const mostDevices = 100
const trustMs = 30 * 24 * 3_600_000

/** The history of a user; an empty one when there is none. */
export function historyOf(histories: Histories, userId: string): UserHistory {
  return histories.get(userId) ?? { logins: [], methods: new Set(), devices: new Set(), trusted: new Map() }
}

/** Writes a completed login down. `form.trustThisDevice` marks the device as trusted for 30 days. */
export function recordLogin(histories: Histories, userId: string, execution: Execution, now: number): void {
  const history = historyOf(histories, userId)
  const { device, risk, auth, form } = execution
  history.logins.unshift({
    time: Math.floor(now / 1000),
    ...(device.ip !== undefined && { ip: device.ip }),
    ...(risk.geo && { geo: risk.geo }),
  })
  history.logins.splice(mostLogins)
  for (const method of auth?.methods ?? []) history.methods.add(method)
  if (device.id !== undefined) {
    history.devices.add(device.id)
    if (form.trustThisDevice === true) history.trusted.set(device.id, now + trustMs)
    dropOldest(history.devices)
    dropOldest(history.trusted)
  }
  histories.set(userId, history)
}

function dropOldest(devices: Set<string> | Map<string, number>): void {
  for (const oldest of devices.keys()) {
    if (devices.size <= mostDevices) break
    devices.delete(oldest)
  }
}

const fastestKmPerHour = 900

/** True when nobody travels that fast from the last login to this one, which is in another country. */
export function isImpossibleTravel(history: UserHistory, here: GeoPosition | undefined, now: number): boolean {
  const last = history.logins[0]
  const from = last?.geo
  if (!last || !from || !here || from.country === here.country) return false
  const distance = distanceKm(from, here)
  const hours = (now / 1000 - last.time) / 3600
  return distance !== undefined && distance > hours * fastestKmPerHour
}

/** Great-circle distance (haversine). */
function distanceKm(from: GeoPosition, to: GeoPosition): number | undefined {
  const { latitude: lat1, longitude: lon1 } = from
  const { latitude: lat2, longitude: lon2 } = to
  if (lat1 === undefined || lon1 === undefined || lat2 === undefined || lon2 === undefined) return undefined
  const radians = (degrees: number): number => (degrees * Math.PI) / 180
  const half = (difference: number): number => Math.sin(radians(difference) / 2) ** 2
  const a = half(lat2 - lat1) + Math.cos(radians(lat1)) * Math.cos(radians(lat2)) * half(lon2 - lon1)
  return 2 * 6371 * Math.asin(Math.sqrt(a))
}

import { findProgram } from '../support/find-program.ts'

/** The engines that the same tests run in. */
export const engineNames = ['chromium', 'firefox', 'webkit'] as const

/** Name of an engine. */
export type EngineName = (typeof engineNames)[number]

/** A program that an engine needs, and how to get it. */
interface NeededProgram {
  readonly variable: string
  readonly names: readonly string[]
  /** Package of Debian. */
  readonly from: string
}

const titles: Record<EngineName, string> = { chromium: 'Chromium', firefox: 'Firefox', webkit: 'WebKitGTK' }
const needed: Record<EngineName, readonly NeededProgram[]> = {
  chromium: [{ variable: 'CHROMIUM_PATH', names: ['chromium', 'chromium-browser', 'google-chrome'], from: 'chromium' }],
  firefox: [{ variable: 'FIREFOX_PATH', names: ['firefox-esr', 'firefox'], from: 'firefox-esr' }],
  webkit: [
    { variable: 'WEBKIT_DRIVER_PATH', names: ['WebKitWebDriver'], from: 'webkit2gtk-driver' },
    { variable: 'XVFB_PATH', names: ['Xvfb'], from: 'xvfb' },
  ],
}

/** Paths of the programs of an engine, or what is missing. */
export function findEngine(name: EngineName): { readonly programs: readonly string[]; readonly missing: string } {
  const found = needed[name].map((program) => ({ ...program, path: findProgram(program.variable, program.names) }))
  const lacking = found.filter(({ path }) => !path)
  const [packages, variables] = [
    lacking.map(({ from }) => from).join(' '),
    lacking.map(({ variable }) => variable).join(' and '),
  ]
  const missing = `${titles[name]} was not found, so its tests are left out. Install it (Debian: apt-get install ${packages}) or set ${variables}.`
  return { programs: found.map(({ path = '' }) => path), missing: lacking.length > 0 ? missing : '' }
}

// @ts-check
// Other versions of Node for checks, from the registry's platform packages.
import { fetchProgram, isKnownProgram, programPath } from './fetch-program.mjs'

/** The lowest Node that every tool accepts: size-limit asks for ^22.19, tsup for ^22.18. */
export const toolFloor = '22.19.0'

/** The lowest Node the packages name in `engines`; ky asks for >= 22. */
export const runtimeFloor = '22.0.0'

const platformPackage = `node-${process.platform}-${process.arch}`
const executable = 'bin/node'

/** Whether both can be had for this platform. */
export const hasPlatformPackage = [toolFloor, runtimeFloor].every((version) => isKnownProgram(platformPackage, version))

/** Where a version lies once it was fetched. @param {string} version */
export const nodePath = (version) => programPath(platformPackage, version, executable)

/**
 * Fetches a version unless it is there.
 *
 * @param {string} version
 * @returns {Promise<string>} path of its executable
 */
export const fetchNode = (version) => fetchProgram(platformPackage, version, executable)

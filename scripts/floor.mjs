// @ts-check
// Runs the node and dom tests and every check under the lowest Node 22 that the tools accept; the packaging tests also
// import the packed packages under the lowest Node that users may have. What a page in a browser or a program of another
// runtime does is the same whatever Node has started it, so those projects are left out. --fetch only fetches both.
import { spawnSync } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import { fetchNode, hasPlatformPackage, runtimeFloor, toolFloor } from './other-node.mjs'
import { root } from './workspace.mjs'

if (!hasPlatformPackage) {
  console.log(
    `Skipped: the registry has no package of Node for ${process.platform}-${process.arch}, so the floor is not tested here.`,
  )
  process.exit(0)
}

const [node] = await Promise.all([fetchNode(toolFloor), fetchNode(runtimeFloor)])
if (!process.argv.includes('--fetch')) {
  const env = { ...process.env, PATH: [dirname(node), process.env.PATH ?? ''].join(delimiter) }
  const commands = [
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--reporter=dot',
      '--project=node',
      '--project=web-signatures',
      '--project=dom',
    ],
    ['scripts/check.mjs'],
  ]
  for (const [script = '', ...args] of commands) {
    console.log(`\nNode ${toolFloor}: ${script} ${args.join(' ')}`)
    const { status } = spawnSync(node, [join(root, script), ...args], { cwd: root, env, stdio: 'inherit' })
    if (status !== 0) process.exitCode = 1
  }
}

import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The usual order, but for the file that runs longest: it is one for all runtimes, waits for their programs from the
 * registry at first, and would else end alone.
 */
export default class RuntimesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isFirst = ({ project }: TestSpecification) => project.name === 'runtimes'
    return [...sorted.filter(isFirst), ...sorted.filter((file) => !isFirst(file))]
  }
}

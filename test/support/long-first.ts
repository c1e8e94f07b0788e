/**
 * The order of the test files: those that need a device, a browser or a process first, whatever their project, and then the
 * many short ones, so that all workers end at the same time.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

const isLong = ({ moduleId }: TestSpecification): boolean => /\.(gpu|node)\./.test(moduleId);

import { UnsupportedModelError } from '../errors.ts';
import type { TensorInfo } from '../weights/safetensors.ts';

type Tensors = ReadonlyMap<string, TensorInfo>;

/**
 * Sizes of tensors that tell a configuration.
 *
 * @returns a function of a tensor's name and an axis. @throws {UnsupportedModelError} it does, where there is no such size:
 * the file is of another class.
 */
export function sizeOf(label: string, className: string, tensors: Tensors): (name: string, axis: number) => number {
  return (name, axis) => {
    const size = tensors.get(name)?.shape[axis];
    if (size !== undefined) return size;
    const [first = 'none'] = tensors.keys();
    throw new UnsupportedModelError(
      `${label} has no config.json, and is no ${className} by its tensors: ${name} is not there, or not of its form (${tensors.size} are, such as ${first}).`,
      'Check which file is given as which part; a folder needs the config.json of its class.',
    );
  };
}

/** How many layers there are: one more than the highest number behind `stack.`, 0 for none. */
export function countLayers(tensors: Tensors, stack: string): number {
  const start = `${stack}.`;
  const numbers = [...tensors.keys()]
    .filter((name) => name.startsWith(start))
    .map((name) => parseInt(name.slice(start.length), 10));
  return numbers.reduce((most, number) => Math.max(most, number + 1), 0);
}

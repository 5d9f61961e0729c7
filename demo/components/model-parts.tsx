import type { ModelInfo } from 'stillframe';
import { formatBytes, formatCount } from '../format.ts';

/** A model's parts: what they are, and how large. */
export function ModelParts({ info }: { readonly info: ModelInfo }) {
  return (
    <table class="parts">
      <thead>
        <tr>
          <th scope="col">Part</th>
          <th scope="col" class="number">
            Size
          </th>
        </tr>
      </thead>
      <tbody>
        {info.parts.map(({ name, className, parameters, bytes }) => (
          <tr key={name}>
            <th scope="row">
              {name.replaceAll('_', ' ')}
              <span class="detail">{breakable(className)}</span>
            </th>
            <td class="number">
              {formatCount(parameters)} parameters
              <span class="detail">{formatBytes(bytes)} on the GPU</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A class's name may break before each of its words. */
function breakable(name: string) {
  return name.split(/(?<=[a-z])(?=[A-Z])/).flatMap((word, i) => (i === 0 ? [word] : [<wbr key={word} />, word]));
}

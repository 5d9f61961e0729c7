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
            Parameters
          </th>
          <th scope="col" class="number">
            On the GPU
          </th>
        </tr>
      </thead>
      <tbody>
        {info.parts.map(({ name, className, parameters, bytes }) => (
          <tr key={name}>
            <th scope="row">
              {name.replaceAll('_', ' ')}
              <span class="class-name">{className}</span>
            </th>
            <td class="number">{formatCount(parameters)}</td>
            <td class="number">{formatBytes(bytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

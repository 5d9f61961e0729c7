import type { LoadedModel } from '../engine/protocol.ts';
import { formatBytes } from '../format.ts';

/** The limits that decide what runs: those of buffers. */
export function GpuLimits({ gpu, info }: Pick<LoadedModel, 'gpu' | 'info'>) {
  const { label, bytes } = info.largestBuffer;
  const rows = [
    { what: 'Largest buffer', detail: 'maxBufferSize', bytes: gpu.limits.maxBufferSize },
    {
      what: 'What a kernel sees of one',
      detail: 'maxStorageBufferBindingSize',
      bytes: gpu.limits.maxStorageBufferBindingSize,
    },
    { what: 'This model’s largest', detail: label, bytes },
  ];
  return (
    <div>
      <table>
        <caption>Limits</caption>
        <tbody>
          {rows.map(({ what, detail, bytes }) => (
            <tr key={what}>
              <th scope="row">
                {what}
                <code>{detail}</code>
              </th>
              <td class="number">{bytes === undefined ? '–' : formatBytes(bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="help">Of all other limits, the kernels need no more than every WebGPU device has.</p>
    </div>
  );
}

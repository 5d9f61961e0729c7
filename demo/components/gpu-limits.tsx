import { formatBytes } from '../format.ts';

/** The device's limits that decide what runs. */
export function GpuLimits({ limits }: { readonly limits: Readonly<Record<string, number>> }) {
  return (
    <table>
      <caption>Limits</caption>
      <tbody>
        {LIMITS.map(({ name, what, format }) => (
          <tr key={name}>
            <th scope="row">
              {what}
              <code>{name}</code>
            </th>
            <td class="number">{format(limits[name] ?? 0)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const LIMITS = [
  { name: 'maxBufferSize', what: 'Largest buffer', format: formatBytes },
  { name: 'maxStorageBufferBindingSize', what: 'Of it, seen by a kernel at once', format: formatBytes },
  { name: 'maxComputeWorkgroupStorageSize', what: 'Memory of a workgroup', format: formatBytes },
  { name: 'maxComputeInvocationsPerWorkgroup', what: 'Invocations of a workgroup', format: String },
] as const;

import type { Capabilities } from 'stillframe';

/** Optional features of the adapter: whether it has them, and what the kernels make of that. */
export function GpuFeatures({ capabilities }: { readonly capabilities: Capabilities }) {
  return (
    <table class="gpu-features">
      <caption>Features</caption>
      <tbody>
        {FEATURES.map(({ key, feature, yes, no }) => (
          <tr key={key}>
            <th scope="row">
              <code>{feature}</code>
            </th>
            <td>{capabilities[key] ? `Yes: ${yes}` : `No: ${no}`}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const FEATURES = [
  {
    key: 'f16',
    feature: 'shader-f16',
    yes: 'matmuls and attention read 16-bit operands; sums stay in 32 bits.',
    no: 'operands are 32-bit, and 16-bit weights are unpacked where they are read.',
  },
  {
    key: 'subgroups',
    feature: 'subgroups',
    yes: 'but no kernel uses them yet.',
    no: 'no kernel needs them.',
  },
  {
    key: 'timestamps',
    feature: 'timestamp-query',
    yes: 'the GPU itself times each step.',
    no: 'steps are timed by the clock, which sees the waiting too.',
  },
] as const;

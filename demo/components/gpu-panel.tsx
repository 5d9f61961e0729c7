import { useSignal } from '@preact/signals';
import type { GpuInfo } from '../engine/protocol.ts';
import { loaded, model } from '../state/model.ts';
import { GpuFeatures } from './gpu-features.tsx';
import { GpuLimits } from './gpu-limits.tsx';
import { GpuMemory } from './gpu-memory.tsx';
import '../styles/gpu.css';

/** The GPU in a line; opened, what is used of it. */
export function GpuPanel() {
  const isOpen = useSignal(false);
  const { gpu, info } = loaded.value ?? {};
  return (
    <details
      class="gpu"
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open;
      }}
    >
      <summary>
        <h2>Your GPU</h2>
        <span class="help">{gpu ? inShort(gpu) : STATES[model.value.kind]}</span>
      </summary>
      {gpu?.capabilities.software && (
        <p class="gpu-software">This adapter is a CPU that stands in for a GPU: everything works, slowly.</p>
      )}
      {gpu && info && (
        <>
          <GpuFeatures capabilities={gpu.capabilities} />
          <GpuLimits gpu={gpu} info={info} />
          {isOpen.value && <GpuMemory />}
        </>
      )}
    </details>
  );
}

const STATES = { loading: 'Waiting for the device.', failed: 'No device.', ready: '' } as const;

function inShort({ adapter, capabilities: { f16, software } }: GpuInfo): string {
  return [adapter, ...(software ? ['software'] : []), f16 ? 'f16' : 'no f16'].join(', ');
}

import { requestTestAdapter } from './gpu.ts';

/** Doubles 64 numbers in a shader of the given element type. */
export async function double(type: 'f32' | 'f16'): Promise<Float32Array> {
  const adapter = await requestTestAdapter();
  if (!adapter) throw new Error('no adapter');
  const device = await adapter.requestDevice({ requiredFeatures: type === 'f16' ? ['shader-f16'] : [] });
  const code = `${type === 'f16' ? 'enable f16;' : ''}
    @group(0) @binding(0) var<storage, read_write> y: array<f32>;
    @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
      y[id.x] = f32(${type}(id.x) * 2);
    }`;
  const module = device.createShaderModule({ code });
  const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module } });
  const output = device.createBuffer({ size: 256, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
  const staging = device.createBuffer({ size: 256, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(
    0,
    device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: output }] }),
  );
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(output, 0, staging, 0, 256);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const result = new Float32Array(staging.getMappedRange().slice(0));
  device.destroy();
  return result;
}

/** What it returns. */
export const DOUBLED = Float32Array.from({ length: 64 }, (_, i) => 2 * i);

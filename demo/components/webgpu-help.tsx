/** Where WebGPU is missing: what to do, browser by browser. */
export function WebGpuHelp() {
  return (
    <>
      {!isSecureContext && (
        <p>This page came over plain http. Browsers give WebGPU to https and localhost alone: open it there.</p>
      )}
      <dl class="browsers">
        <dt>Chrome, Edge</dt>
        <dd>
          Version 121 or later. In Settings, System, turn graphics acceleration on. <code>chrome://gpu</code> says what
          else is in the way.
        </dd>
        <dt>Chrome on Linux</dt>
        <dd>
          Turn on <code>chrome://flags/#enable-unsafe-webgpu</code> and <code>#enable-vulkan</code>, then restart it.
        </dd>
        <dt>Firefox</dt>
        <dd>
          Version 141 or later on Windows. On other systems, set <code>dom.webgpu.enabled</code> in{' '}
          <code>about:config</code>.
        </dd>
        <dt>Safari</dt>
        <dd>Version 26 or later.</dd>
      </dl>
    </>
  );
}

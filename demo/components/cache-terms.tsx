/** The words of the field for what the section says plainly. */
export function CacheTerms() {
  return (
    <details class="terms">
      <summary>In the field’s words</summary>
      <dl>
        <dt>with and without the prompt</dt>
        <dd>The two branches of classifier-free guidance: conditional (cond) and unconditional (uncond).</dd>
        <dt>change</dt>
        <dd>
          The score: relative L1 distance of a block’s output to the one that was measured before, or what the method
          takes for it.
        </dd>
        <dt>the line</dt>
        <dd>
          The threshold. Where a method decides once, the first step whose mean score lies below it begins the reuse.
        </dd>
        <dt>work</dt>
        <dd>Forwards of blocks: steps × branches × blocks.</dd>
        <dt>closeness</dt>
        <dd>
          PSNR and SSIM against the same seed with every block computed. PSNR is in decibels, more is nearer; an SSIM of
          1 is the same.
        </dd>
      </dl>
    </details>
  );
}

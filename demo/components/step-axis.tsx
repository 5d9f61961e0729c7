import { stepTicks } from '../cache-view/layout.ts';

/** Numbers of the steps, under what is drawn over them. */
export function StepAxis({ steps }: { readonly steps: number }) {
  return (
    <div class="step-axis on-steps" aria-hidden="true">
      {stepTicks(steps).map((step) => (
        <span key={step} style={{ left: `${(100 * (step + 0.5)) / steps}%` }}>
          {step}
        </span>
      ))}
    </div>
  );
}

import { problem, warnings } from '../state/problem.ts';
import '../styles/notices.css';
import { machine } from '../state/gpu.ts';
import { bringIntoView } from './bring-into-view.ts';
import { CandidateCard } from './candidate-card.tsx';
import { WebGpuHelp } from './webgpu-help.tsx';

/** A way out that a page's user does not have. */
const FOR_PROGRAMS = / Call pipeline\.reload\(\) .*$/;

/** What went wrong, and what to know: at the top, where it is seen. An option that was refused is said in the form. */
export function Notices() {
  const { value } = problem;
  return (
    <div class="notices">
      {value && value.name !== 'OptionError' && (
        <div id="problem" class="box bad" role="alert" ref={bringIntoView} key={value.message}>
          <p>{value.message.replace(FOR_PROGRAMS, '')}</p>
          {value.name === 'NoWebGpuError' && <WebGpuHelp />}
          {value.name === 'DeviceLostError' && (
            <p>The browser or the driver reset it. What was made is still here. Generate again gets a new device.</p>
          )}
        </div>
      )}
      {machine.value === 'none' && value?.name !== 'NoWebGpuError' && (
        <div class="box">
          <p>This browser gives the page no GPU, so it can show the recorded example only. What to do:</p>
          <WebGpuHelp />
        </div>
      )}
      <div aria-live="polite" class="warnings">
        {warnings.value.map((message) => (
          <p key={message} class="box" ref={bringIntoView}>
            {message}
          </p>
        ))}
      </div>
      <CandidateCard />
    </div>
  );
}

import { problem, warnings } from '../state/problem.ts';
import '../styles/notices.css';
import { WebGpuHelp } from './webgpu-help.tsx';

/** A way out that a page's user does not have. */
const FOR_PROGRAMS = / Call pipeline\.reload\(\) .*$/;

/** What went wrong, and what to know. An option that was refused is said in the form. */
export function Notices() {
  const { value } = problem;
  return (
    <>
      {value && value.name !== 'OptionError' && (
        <div id="problem" class="box bad" role="alert">
          <p>{value.message.replace(FOR_PROGRAMS, '')}</p>
          {value.name === 'NoWebGpuError' && <WebGpuHelp />}
          {value.name === 'DeviceLostError' && (
            <p>The browser or the driver reset it. What was made is still here. Generate again gets a new device.</p>
          )}
        </div>
      )}
      <div aria-live="polite" class="warnings">
        {warnings.value.map((message) => (
          <p key={message} class="box">
            {message}
          </p>
        ))}
      </div>
    </>
  );
}

import { homedir } from 'node:os';
import { join } from 'node:path';
import { aptInstall, isExecutable, SetupError, which } from './system.mjs';

const LINUX_NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const LINUX_PATHS = ['/opt/google/chrome/chrome', '/snap/bin/chromium', '/usr/lib/chromium/chromium'];
const MAC_APPS = ['Google Chrome', 'Chromium', 'Google Chrome Canary'];
const WINDOWS_PATH = 'Google\\Chrome\\Application\\chrome.exe';

/** The path of Chrome or Chromium: `CHROME_PATH`, the usual places, or what the system's packages bring. */
export function findOrInstallBrowser() {
  const asked = process.env.CHROME_PATH;
  if (asked) {
    if (isExecutable(asked)) return asked;
    throw new SetupError(`CHROME_PATH is ${asked}, which is not a program. Correct it or unset it.`);
  }
  const found = findBrowser() ?? (aptInstall(['chromium']) ? findBrowser() : undefined);
  if (found) return found;
  throw new SetupError(`No Chrome or Chromium was found. ${advice()} Or set CHROME_PATH to where yours is.`);
}

/** The first Chrome or Chromium in the usual places, or undefined. */
export function findBrowser() {
  return candidates().find(isExecutable);
}

function candidates() {
  switch (process.platform) {
    case 'darwin':
      return ['/Applications', join(homedir(), 'Applications')].flatMap((folder) =>
        MAC_APPS.map((app) => `${folder}/${app}.app/Contents/MacOS/${app}`),
      );
    case 'win32':
      return [process.env.ProgramFiles, process.env['ProgramFiles(x86)'], process.env.LOCALAPPDATA].flatMap((folder) =>
        folder ? [join(folder, WINDOWS_PATH)] : [],
      );
    default:
      return [...LINUX_NAMES.flatMap((name) => which(name) ?? []), ...LINUX_PATHS];
  }
}

function advice() {
  switch (process.platform) {
    case 'darwin':
      return 'Install Chrome from https://www.google.com/chrome, or run `brew install --cask google-chrome`.';
    case 'win32':
      return 'Install Chrome from https://www.google.com/chrome, or run `winget install Google.Chrome`.';
    default:
      return 'Run `sudo apt-get install chromium` (Debian), `sudo dnf install chromium` (Fedora), `sudo pacman -S chromium` (Arch) or `sudo snap install chromium` (Ubuntu).';
  }
}

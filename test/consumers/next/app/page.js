import { Video } from './video';

export default function Page() {
  return <Video prompt="a red circle moving left on a sky background" />;
}

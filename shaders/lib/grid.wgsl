// A workgroup's number in a linearGrid of src/ops/kernel.ts, which folds into y past 65535 workgroups.
fn linear_group(group: vec3u) -> u32 {
  return group.y * 65535 + group.x;
}

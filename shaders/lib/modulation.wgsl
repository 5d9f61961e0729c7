// adaLN vectors: part `part` (shift, scale, gate, ...) of row `row`'s modulation is
//   table[part] + conditioning[groups[row]][part % conditioning_parts]
// table: [parts, width], a block's learned scale_shift_table; conditioning: [groups, conditioning_parts, width], what
// the timestep adds; groups: [rows], or [1] where all rows share a timestep (group_stride 0). `at` and `width` count E.
fn modulation(part: u32, row: u32, at: u32, width: u32) -> E {
  let group = groups[row * p.group_stride];
  let conditioned = (group * p.conditioning_parts + part % p.conditioning_parts) * width + at;
  return table[part * width + at] + conditioning[conditioned];
}

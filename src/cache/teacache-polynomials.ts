/**
 * Polynomials that TeaCache's authors fitted (their repository `ali-vilab/TeaCache`), highest power first. They belong to the
 * published weights and to what that code measures of each: the modulated input, but for Wan the time embedding, or
 * (`-ret`, with 5 first steps computed) its projection.
 */
export const POLYNOMIALS = {
  'open-sora': [217.546007, -118.329252, 26.8662585, -0.0459364272, 0.048442624],
  'open-sora-plan': [205943.668, -14875.9286, 306.085986, 1.3141808, 0.00239658469],
  latte: [-2464.34137, 308.044764, 80.7447667, -4.11385132, 0.111001402],
  hunyuan: [733.226126, -401.131952, 67.5869174, -3.149878, 0.0961237896],
  ltx: [21.4700694, -12.8016453, 2.31279151, 0.792487521, 0.00969274326],
  mochi: [-3512.41319, 811.675948, -60.9400215, 2.42429681, 0.00305291719],
  flux: [498.651651, -283.781631, 55.8554382, -3.82021401, 0.264230861],
  cosmos: [271.156237, -91.9775607, 2.2443725, 2.08355751, 0.14177633],
  'wan2.1-1.3b': [2396.76752, -1311.10545, 201.331979, -8.29855975, 0.137887774],
  'wan2.1-1.3b-ret': [-52186.2437, 9230.41404, -528.275948, 13.6987616, -0.0499875664],
  'wan2.1-14b': [-5784.54975, 5449.50912, -1811.16592, 256.271784, -13.022524],
  'wan2.1-14b-ret': [-303318.725, 49053.7029, -2655.30556, 58.7365115, -0.315583525],
} as const satisfies Readonly<Record<string, readonly number[]>>;

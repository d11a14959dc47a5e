// From partial sums per channel to mean and 1 / sqrt(variance + EPS) per group, and the normalisation's affine form:
//   scale = gamma * rstd, offset = beta - mean * scale.
// part [B, SPLITS, 2, C] of d = x - x[b, 0, c] and d * d; means, rstds [B, G]; scales, offsets [B, C]; rows padded to
// vec4s, here read number by number, since a group may start anywhere in one. One invocation owns one group of one
// example, the last one of an example also its padding. Order: ascending channels, parts, fixed.
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> part: array<f32>;
@group(0) @binding(2) var<storage, read> gamma: array<f32>;
@group(0) @binding(3) var<storage, read> beta: array<f32>;
@group(0) @binding(4) var<storage, read_write> means: array<f32>;
@group(0) @binding(5) var<storage, read_write> rstds: array<f32>;
@group(0) @binding(6) var<storage, read_write> scales: array<f32>;
@group(0) @binding(7) var<storage, read_write> offsets: array<f32>;

#index i < B * G
  let b = i / G;
  let g = i % G;
  let start = g * CG;
  // Each channel's own mean, and the squares about it: no large numbers cancel.
  var own: array<f32, ${CG}>;
  var mean = 0.0;
  var squares = 0.0;
  for (var k = 0u; k < CG; k++) {
    let c = start + k;
    var first = 0.0;
    var second = 0.0;
    for (var s = 0u; s < SPLITS; s++) {
      let at = (b * SPLITS + s) * 2u * ROW + c;
      first += part[at];
      second += part[at + ROW];
    }
    let d = first / ${HW}.0;
    own[k] = x[b * HW * ROW + c] + d;
    mean += own[k];
    squares += max(second - first * d, 0.0);
  }
  mean /= ${CG}.0;
  for (var k = 0u; k < CG; k++) {
    let d = own[k] - mean;
    squares += ${HW}.0 * d * d;
  }
  let rstd = 1.0 / sqrt(squares / ${HW * CG}.0 + ${EPS});
  means[b * GROUP_ROW + g] = mean;
  rstds[b * GROUP_ROW + g] = rstd;
  for (var c = start; c < start + CG; c++) {
    let scale = gamma[c] * rstd;
    scales[b * ROW + c] = scale;
    offsets[b * ROW + c] = beta[c] - mean * scale;
  }
  if (g < G - 1u) { return; }
  for (var c = start + CG; c < ROW; c++) {
    scales[b * ROW + c] = 0.0;
    offsets[b * ROW + c] = 0.0;
  }
  for (var k = G; k < GROUP_ROW; k++) {
    means[b * GROUP_ROW + k] = 0.0;
    rstds[b * GROUP_ROW + k] = 0.0;
  }
#end

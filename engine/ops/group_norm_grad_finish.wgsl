// From partial sums of g and g * (x - x[b, 0, c]) to what the gradients need, xhat = (x - mean) * rstd:
//   k[b, 0, c] = sum of g * xhat, k[b, 1, c] = sum of g: this example's share of the gradients of gamma and beta
//   k[b, 2, c] = -rstd / n * sum over the group of scale * g * xhat, scale = gamma * rstd
//   k[b, 3, c] = -1 / n * sum over the group of scale * g - k[b, 2, c] * mean, so that
//   dx = scale * g + k[b, 2, c] * x + k[b, 3, c].
// part [B, SPLITS, 2, C], scales [B, C], means, rstds [B, G], k [B, 4, C]; rows padded to vec4s, read number by number. One invocation
// owns one group of one example, the last one of an example also its padding. Order: ascending channels, parts, fixed.
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> part: array<f32>;
@group(0) @binding(2) var<storage, read> scales: array<f32>;
@group(0) @binding(3) var<storage, read> means: array<f32>;
@group(0) @binding(4) var<storage, read> rstds: array<f32>;
@group(0) @binding(5) var<storage, read_write> k: array<f32>;

#index i < B * G
  let b = i / G;
  let g = i % G;
  let start = g * CG;
  let mean = means[b * GROUP_ROW + g];
  let rstd = rstds[b * GROUP_ROW + g];
  let row = b * 4u * ROW;
  var sum = 0.0;
  var slope = 0.0;
  for (var c = start; c < start + CG; c++) {
    var first = 0.0;
    var second = 0.0;
    for (var s = 0u; s < SPLITS; s++) {
      let at = (b * SPLITS + s) * 2u * ROW + c;
      first += part[at];
      second += part[at + ROW];
    }
    let along = (second - (mean - x[b * HW * ROW + c]) * first) * rstd;
    k[row + c] = along;
    k[row + ROW + c] = first;
    sum += scales[b * ROW + c] * first;
    slope += scales[b * ROW + c] * along;
  }
  let k2 = -rstd * slope / ${HW * CG}.0;
  let k3 = -sum / ${HW * CG}.0 - k2 * mean;
  for (var c = start; c < start + CG; c++) {
    k[row + 2u * ROW + c] = k2;
    k[row + 3u * ROW + c] = k3;
  }
  if (g < G - 1u) { return; }
  for (var c = start + CG; c < ROW; c++) {
    for (var n = 0u; n < 4u; n++) { k[row + n * ROW + c] = 0.0; }
  }
#end

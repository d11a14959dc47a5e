// Updates the best point of Auto-PGD in place. apgd_update_state.wgsl decides, actions [B, 4] = (ran, keep, back, overall):
//   keep: best = point, best_gradient = fresh;  back: point = best, gradient = best_gradient, else gradient = fresh;
//   overall, with IMAGE: image = point.
// points, gradient, best, best_gradient, image, fresh (the gradient at the point) [B, PIXELS] vec4s.
// One invocation computes one vec4; workgroup 64.
@group(0) @binding(0) var<storage, read_write> points: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> gradient: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> best: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> best_gradient: array<vec4<f32>>;
#input 4 fresh
@group(0) @binding(5) var<storage, read> actions: array<vec4<u32>>;
#if IMAGE
@group(0) @binding(6) var<storage, read_write> image: array<vec4<f32>>;
#end

#index i < COUNT
  let action = actions[i / PIXELS];
  if (action.x == 0u) { return; }
  let now = fresh(i);
#if IMAGE
  if (action.w != 0u) { image[i] = points[i]; }
#end
  if (action.y != 0u) {
    best[i] = points[i];
    best_gradient[i] = now;
    gradient[i] = now;
  } else if (action.z != 0u) {
    points[i] = best[i];
    gradient[i] = best_gradient[i];
  } else {
    gradient[i] = now;
  }
#end

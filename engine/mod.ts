/**
 * The engine: steps recorded once as operations on tensors, compiled to WGSL kernels over planned memory, and
 * replayed. Reverse-mode gradients, layers, optimisers, random streams, and weights in files.
 *
 * Activations are NHWC, weights OHWI or [out, in], float32 and row-major; files and `layout.ts` speak PyTorch's NCHW
 * and OIHW. Numbers that outlive a step are {@linkcode Variable}s; a {@linkcode Program} is a compiled step.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { f32, gradients, hasGpu, meanAll, openGpu, Program, read, sgd, square, sub, Variable } from "./mod.ts";
 *
 * // Without an adapter, openGpu() throws a NoAdapterError that says what to install.
 * if (await hasGpu()) {
 *   const gpu = await openGpu();
 *   const target = new Variable("target", f32(3), Float32Array.of(1, -2, 3));
 *   const w = new Variable("w", f32(3));
 *   const optimizer = sgd();
 *   const program = await Program.compile(gpu, "fit", () => {
 *     const loss = meanAll(square(sub(w, target)));
 *     optimizer.step([w], gradients(loss, [w]));
 *     return { loss };
 *   });
 *   for (let step = 0; step < 50; step++) {
 *     optimizer.prepare(gpu, { step, learningRate: 0.5 });
 *     program.run();
 *   }
 *   assertAlmostEquals((await read(gpu, w))[1], -2, 1e-4);
 *   gpu.close();
 * }
 * ```
 *
 * @module
 */
export * from "./autograd/autograd.ts";
export {
  type Backend,
  BACKENDS,
  findAdapter,
  type FoundAdapter,
  hasGpu,
  type RequestAdapter,
} from "./device/backend.ts";
export type { BufferStore } from "./device/buffer_store.ts";
export * from "./files/checkpoint.ts";
export * from "./device/device.ts";
export { asTensor, type Graph, type Node, record, trace } from "./graph/graph.ts";
export * from "./arrays/layout.ts";
export type * from "./graph/op.ts";
export { type BindingSlot, type PipelineCache, ShaderError } from "./device/pipeline_cache.ts";
export * from "./program/program.ts";
export * from "../common/random.ts";
export * from "./graph/reference.ts";
export * from "./files/safetensors.ts";
export { type DType, f32, type Shape, sizeOf, type Spec, u32 } from "./arrays/shape.ts";
export * from "./graph/tensor.ts";
export { read, release, write } from "./graph/variables.ts";

export { addRelu } from "./ops/add_relu.ts";
export { add, addScalar, div, mul, scale, sqrt, square, sub } from "./ops/arithmetic.ts";
export { assign, assignRow } from "./ops/assign.ts";
export { attention } from "./ops/attention.ts";
export { batchNorm, type BatchNormCallOptions, type RunningStats } from "./ops/batch_norm.ts";
export { channelAffine } from "./ops/channel_affine.ts";
export { concat } from "./ops/concat.ts";
export { colourJitter, type JitterStrengths } from "./ops/colour_jitter.ts";
export { conv2d } from "./ops/conv2d.ts";
export { correct } from "./ops/correct.ts";
export { crossEntropy } from "./ops/cross_entropy.ts";
export { dropout, type DropoutOptions } from "./ops/dropout.ts";
export { embedding } from "./ops/embedding.ts";
export { exampleNorm, type Norm } from "./ops/example_norm.ts";
export { fill } from "./ops/fill.ts";
export { gatherTokens } from "./ops/gather_tokens.ts";
export { gelu, type GeluOptions } from "./ops/gelu.ts";
export { groupNorm, type GroupNormOptions } from "./ops/group_norm.ts";
export { l2Normalize } from "./ops/l2_normalize.ts";
export { type BlurSettings, gaussianBlur } from "./ops/gaussian_blur.ts";
export { layerNorm } from "./ops/layer_norm.ts";
export { linear } from "./ops/linear.ts";
export { loadImages, type LoadOptions } from "./ops/load_images.ts";
export { matmul, type MatmulOptions } from "./ops/matmul.ts";
export { checkNtXent, ntXent } from "./ops/nt_xent.ts";
export { maskedMse, mse } from "./ops/masked_mse.ts";
export { joinPatches, patchify } from "./ops/patchify.ts";
export { avgPool2d, globalAvgPool, maxPool2d, type PoolOptions } from "./ops/pool2d.ts";
export { randomCrop } from "./ops/random_crop.ts";
export { randomFlip } from "./ops/random_flip.ts";
export { randomGreyscale } from "./ops/random_greyscale.ts";
export { randomImages, type RandomSource } from "./ops/random_images.ts";
export { randomIntegers, type RandomIntegersOptions } from "./ops/random_integers.ts";
export { randomResizedCrop, type ResizedCropScale } from "./ops/random_resized_crop.ts";
export { randomOrder, type RandomOrderOptions } from "./ops/random_order.ts";
export { meanAll, reduceMean, reduceSum, sumAll, sumTo } from "./ops/reduce_sum.ts";
export { relu } from "./ops/relu.ts";
export { reshape } from "./ops/reshape.ts";
export { resizeBilinear } from "./ops/resize_bilinear.ts";
export { silu } from "./ops/silu.ts";
export { sinusoidalEmbedding } from "./ops/sinusoidal_embedding.ts";
export { logSoftmax, softmax } from "./ops/softmax.ts";
export { split } from "./ops/split.ts";
export { absentTokens, type ScatterOptions, scatterTokens } from "./ops/scatter_tokens.ts";
export { upsampleNearest2x } from "./ops/upsample_nearest2x.ts";

export * from "./nn/batch_norm.ts";
export * from "./nn/conv2d.ts";
export * from "./nn/fan_average.ts";
export * from "./nn/group_norm.ts";
export * from "./nn/image_attention.ts";
export * from "./nn/init.ts";
export * from "./nn/layer_norm.ts";
export * from "./nn/linear.ts";
export * from "./nn/mlp.ts";
export * from "./nn/mae_decoder.ts";
export * from "./nn/model.ts";
export * from "./nn/projector.ts";
export * from "./nn/position_embedding.ts";
export * from "./nn/residual_block.ts";
export * from "./nn/resnet.ts";
export * from "./nn/resnet_from_weights.ts";
export * from "./nn/self_attention.ts";
export * from "./nn/state_dict.ts";
export * from "./nn/time_embedding.ts";
export * from "./nn/transformer_block.ts";
export * from "./nn/unet.ts";
export * from "./nn/unet_block.ts";
export * from "./nn/unet_check.ts";
export * from "./nn/vit.ts";
export * from "./nn/weights.ts";

export { adam, type AdamOptions } from "./optim/adam.ts";
export { adamw } from "./optim/adamw.ts";
export { clipGradNorm } from "./optim/clip.ts";
export { type Ema, ema, type EmaOptions } from "./optim/ema.ts";
export { decayMatricesOnly, type DecaysFn, type Optimizer, type UpdateScalars } from "./optim/optimizer.ts";
export * from "./optim/schedules.ts";
export { sgd, type SgdOptions } from "./optim/sgd.ts";

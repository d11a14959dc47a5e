import { median } from "../../bench/statistics/median.ts";
import type {
  AttackTime,
  Ceiling,
  PerfRecord,
  Soak,
  StartTime,
  StartTimes,
  TrainingTime,
} from "../../bench/records/mod.ts";
import { medianCeilings, standingOf } from "../../bench/statistics/roofline.ts";
import { roofline } from "../charts/roofline.ts";
import { downloadLinks, type Rows } from "../download.ts";
import { mebibytes, significant } from "../format.ts";
import { type Html, markup } from "../html.ts";
import { chartFigure, tableFrame } from "./_parts.ts";

/** What `bench perf` measured: the roofline with every kernel, training and attack steps, starts and memory. */
export function performanceSection(record: PerfRecord): Html {
  const { ceilings, kernels, training, attacks, start, soak } = record;
  return markup`
<p>Measured by <code>deno task bench perf</code> on ${
    record.startedAt.slice(0, 10)
  }: ${record.machine.name}, ${record.machine.cpu}, Deno ${record.runtime.deno}, kernels of the ${record.readPath} variant, commit ${
    record.commit?.slice(0, 12) ?? "unknown"
  }${
    record.dirty ? ", with uncommitted changes" : ""
  }. Every number is a median; its range is that of the samples.</p>
${ceilings.length > 0 && ceilingTable(ceilings)}
${kernels.length > 0 && rooflineFigure(record)}
${kernels.length > 0 && kernelTable(record)}
${training.length > 0 && stepTable("Training steps", training, { unit: "Images/s", memory: true })}
${attacks.length > 0 && stepTable("Attack steps", attacks, { unit: "Images × steps/s", memory: false })}
${start && startTable(start)}
${soak && soakSentence(soak)}
${downloadLinks("performance", sampleRows(record))}`;
}

function ceilingTable(ceilings: readonly Ceiling[]): Html {
  return table("The adapter's own limits, measured", ["Ceiling", "Median", "Range", "Unit"], {
    left: [0, 3],
    rows: ceilings.map(({ name, unit, samples }) => [
      CEILING_NAMES[name],
      significant(median(samples)),
      range(samples),
      unit === "us" ? "µs" : unit,
    ]),
  });
}

const CEILING_NAMES: Readonly<Record<Ceiling["name"], string>> = {
  arithmetic: "Multiply-adds in registers",
  copy: "Copying a buffer, read and written",
  read: "Summing a buffer",
  texture: "Summing a storage texture",
  dispatch: "Starting a dispatch",
  wait: "Waiting for an idle queue",
};

/** Null without ceilings, or where no kernel counts its flops. */
function rooflineFigure({ ceilings, kernels }: PerfRecord): Html | null {
  const { arithmetic, ...limits } = medianCeilings(ceilings);
  const memory = (["copy", "read", "texture"] as const).flatMap((name) => {
    const gbPerSecond = limits[name];
    return gbPerSecond === undefined ? [] : [{ name, gbPerSecond }];
  });
  const dots = kernels.map(({ name, flops, bytes, samplesMs }, i) => ({
    number: i + 1,
    name,
    intensity: flops / bytes,
    gflops: flops / median(samplesMs) / 1e6,
  })).filter(({ gflops }) => gflops > 0);
  if (arithmetic === undefined || memory.length === 0 || dots.length === 0) return null;
  return markup`<div class="charts">${
    chartFigure({
      title: "Kernels under the measured roof",
      caption:
        "GFLOP/s by flops for each byte of inputs and outputs, both axes logarithmic. The solid lines are what " +
        "arithmetic and the fastest way to memory allow. Numbers are the rows of the table below; operations that only " +
        "move data stand there alone.",
      svg: roofline(dots, { arithmetic, memory }),
      data: downloadLinks("roofline", dots),
    })
  }</div>`;
}

function kernelTable({ kernels, ceilings }: PerfRecord): Html {
  const limits = medianCeilings(ceilings);
  const titles = ["No.", "Kernel", "ms", "Range", "GFLOP/s", "GB/s", "Flops/byte", "Bound", "Share of it"];
  return table("Kernels, and the share of their nearest limit that they reach", titles, {
    left: [1, 7],
    rows: kernels.map((kernel, i) => {
      const { name, flops, bytes, samplesMs } = kernel, ms = median(samplesMs);
      const standing = standingOf(kernel, limits);
      return [
        `${i + 1}`,
        name,
        significant(ms),
        range(samplesMs),
        flops === 0 ? "\u2013" : significant(flops / ms / 1e6),
        significant(bytes / ms / 1e6),
        flops === 0 ? "\u2013" : significant(flops / bytes),
        standing?.bound ?? "not measured",
        standing === null ? "\u2013" : `${(standing.share * 100).toFixed(0)}\u00a0%`,
      ];
    }),
  });
}

function stepTable(
  caption: string,
  steps: readonly (TrainingTime | AttackTime)[],
  { unit, memory }: { unit: string; memory: boolean },
): Html {
  const more = memory ? ["First step", "Memory held", "Peak"] : [];
  return table(caption, ["Step", "Batch", unit, "Range", "ms", "GFLOP/s", "Dispatches", ...more], {
    left: [0],
    rows: steps.map((step) => {
      const { name, batchSize, samplesMs, flopsPerStep, dispatchesPerStep } = step;
      const perSecond = samplesMs.map((ms) => batchSize / ms * 1000), ms = median(samplesMs);
      return [
        name,
        `${batchSize}`,
        significant(median(perSecond)),
        range(perSecond),
        significant(ms),
        significant(flopsPerStep / ms / 1e6),
        significant(dispatchesPerStep),
        ...("firstStepMs" in step ? memoryCells(step) : []),
      ];
    }),
  });
}

function memoryCells({ firstStepMs, liveBytes: [first, last], peakBytes }: TrainingTime): string[] {
  const grew = last > first ? `, grew to ${mebibytes(last)}` : "";
  return [seconds(firstStepMs), mebibytes(first) + grew, mebibytes(peakBytes)];
}

function startTable({ network, cold, second, warm }: StartTimes): Html {
  const parts = ["totalMs", "openMs", "compileMs", "stepMs", "nextStepMs", "loadMs", "dataMs"] as const;
  const row = (name: string, times: readonly StartTime[]) => {
    const [total, ...rest] = parts.map((part) => times.map((time) => time[part]));
    return [
      name,
      seconds(median(total)),
      range(total.map((ms) => ms / 1000)),
      ...rest.map((ms) => seconds(median(ms))),
    ];
  };
  const titles = [
    "Shader cache",
    "Start",
    "Range",
    "Opening",
    "Compiling",
    "First step",
    "Second step",
    "Loading",
    "Data",
  ];
  return table(
    `Start of ${network}: from opening the device to the end of the first training step, in a new process; loading and data come before`,
    titles,
    {
      left: [0],
      rows: [row("empty (cold)", cold), row("of the cold start", second), row("full (warm)", warm)],
    },
  );
}

function soakSentence({ network, steps, liveBytes, rssBytes }: Soak): Html {
  const flat = liveBytes.every((bytes) => bytes === liveBytes[0]);
  return markup`<p>${steps} steps of ${network}: device memory ${
    flat ? "stayed at" : `went from ${mebibytes(liveBytes[0])} to`
  } ${mebibytes(liveBytes.at(-1)!)}; the process held ${mebibytes(rssBytes[0])} at the first look, ${
    mebibytes(Math.max(...rssBytes))
  } at most and ${mebibytes(rssBytes.at(-1)!)} at the end.</p>`;
}

/** A table; all columns but those in `left` hold numbers. The first left column heads its row. */
function table(
  caption: string,
  titles: readonly string[],
  { left, rows }: { left: readonly number[]; rows: readonly (readonly string[])[] },
): Html {
  const head = titles.map((title, i) =>
    left.includes(i) ? markup`<th scope="col">${title}</th>` : markup`<th scope="col" class="n">${title}</th>`
  );
  const body = rows.map((cells) =>
    markup`<tr>${
      cells.map((cell, i) =>
        i === left[0]
          ? markup`<th scope="row">${cell}</th>`
          : left.includes(i)
          ? markup`<td>${cell}</td>`
          : markup`<td class="n">${cell}</td>`
      )
    }</tr>
`
  );
  return tableFrame(
    caption,
    markup`<table><caption>${caption}.</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`,
  );
}

/** Every sample behind every number, a row each. */
function sampleRows({ ceilings, kernels, training, attacks, start }: PerfRecord): Rows {
  const rows = (part: string, name: string, unit: string, samples: readonly number[]) =>
    samples.map((value, i) => ({ part, name, unit, sample: i + 1, value }));
  const times = (part: string, list: readonly { name: string; samplesMs: readonly number[] }[]) =>
    list.flatMap(({ name, samplesMs }) => rows(part, name, "ms", samplesMs));
  return [
    ...ceilings.flatMap(({ name, unit, samples }) => rows("ceilings", name, unit, samples)),
    ...times("kernels", kernels),
    ...times("training", training),
    ...times("attacks", attacks),
    ...(start ? (["cold", "second", "warm"] as const) : []).flatMap((kind) =>
      rows("start", kind, "ms", start![kind].map(({ totalMs }) => totalMs))
    ),
  ];
}

function range(samples: readonly number[]): string {
  return `${significant(Math.min(...samples))}\u2013${significant(Math.max(...samples))}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

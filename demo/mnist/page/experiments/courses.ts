/** What became of the nets of an experiment, put together from the news of each. */
import type { Course } from '../../lab/experiments/experiment.ts';
import type { News } from '../../lab/experiments/experiments-protocol.ts';

/** `news` has an entry for each net. Before the first news there are no courses. */
export const withNews = (before: readonly Course[], news: readonly (News | undefined)[]): readonly Course[] =>
  news.map((latest, side) => {
    const course: Course = before[side] ?? { looks: [] };
    if (!latest) return course;
    if ('stopped' in latest) return { ...course, stopped: latest.stopped };
    return { ...course, looks: [...course.looks, latest.look] };
  });

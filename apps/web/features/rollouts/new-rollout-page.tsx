'use client';

import { Alert, Select, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { rolloutPresets } from '@tulle/mesh/rollout/presets';
import { parseAsString, useQueryState } from 'nuqs';
import { useEffect } from 'react';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { failureOf } from '@/trpc/failure';
import { BlockableButton } from '@/ui/blockable-button';
import { Card } from '@/ui/card';
import { LinkButton } from '@/ui/link-button';
import { MeshLink } from '@/ui/mesh-link';
import { PageHeader } from '@/ui/page-header';
import { ErrorState } from '@/ui/states';
import { useGo } from '@/ui/url-state';
import { usePermission } from '@/ui/use-permission';
import { useHref, useWindow } from '@/ui/use-view';
import { freezeWindowOf } from './freeze-draft';
import { FreezeWindowsEditor } from './freeze-windows-editor';
import classes from './new-rollout-page.module.css';
import { PresetPicker } from './preset-picker';
import { draftSteps, thresholdsOf, withThresholds } from './rollout-draft';
import { type RolloutValues, rolloutIssues, specOf, thresholdError } from './rollout-issues';
import { RolloutPreview } from './rollout-preview';
import { StepListEditor } from './step-list-editor';
import { ThresholdsFields } from './thresholds-fields';
import { versionChoices } from './version-choices';

/** Asks what should take over from what, in which steps, and says in sentences what that will mean. */
export function NewRolloutPage() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const go = useGo();
  const permission = usePermission();
  const hrefOf = useHref();
  const { windowMs } = useWindow();
  const [asked] = useQueryState('service', parseAsString);
  const services = useQuery(trpc.services.list.queryOptions({ windowMs }));
  const form = useForm<RolloutValues>({
    initialValues: {
      service: asked ?? '',
      ...versionChoices(services.data, asked ?? '').proposed,
      steps: draftSteps(rolloutPresets.standard()),
      reason: '',
      freezeWindows: [],
    },
    validate: rolloutIssues,
  });
  const create = useMutation(
    trpc.rollouts.create.mutationOptions({
      onSuccess: ({ id }) => {
        void queryClient.invalidateQueries(trpc.rollouts.pathFilter());
        notifications.show({ message: `The rollout of ${form.values.service} has begun` });
        go(hrefOf(paths.rollout(id)));
      },
      onError: (error) => {
        for (const { path, message } of failureOf(error).issues) form.setFieldError(path.join('.'), message);
      },
    }),
  );

  const { service, stable, candidate, steps, freezeWindows } = form.values;
  const { names, proposed } = versionChoices(services.data, service);
  const lacksVersions = stable === '' && candidate === '' && proposed.stable !== '';
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when services come later than the page
  useEffect(() => {
    if (lacksVersions) form.setValues(proposed);
  }, [lacksVersions]);
  const errorOf = (field: string) => {
    const error = form.errors[field];
    return typeof error === 'string' ? error : undefined;
  };
  return (
    <>
      <PageHeader
        trail={
          <MeshLink href={paths.rollouts()} look="plain">
            Rollouts
          </MeshLink>
        }
        title="New rollout"
      />
      <form className={classes.columns} onSubmit={form.onSubmit((values) => create.mutate(specOf(values)))}>
        <div className={classes.fields}>
          <Card title="What takes over from what">
            <div className={classes.choices}>
              <Select
                label="Service"
                description="Whose traffic moves"
                allowDeselect={false}
                data={(services.data ?? []).map((row) => row.service)}
                searchable
                {...form.getInputProps('service')}
                onChange={(name) => {
                  const { proposed } = versionChoices(services.data, name ?? '');
                  form.setValues({ service: name ?? '', ...proposed });
                }}
              />
              <Select
                label="Stable"
                description="Has the traffic now"
                allowDeselect={false}
                data={names}
                disabled={service === ''}
                {...form.getInputProps('stable')}
              />
              <Select
                label="Candidate"
                description="Will take it over"
                allowDeselect={false}
                data={names}
                disabled={service === ''}
                {...form.getInputProps('candidate')}
              />
            </div>
            {services.data?.length === 0 && (
              <p className={classes.hint}>
                The mesh has no services yet.{' '}
                <MeshLink href={paths.joinTokens()}>Create a join token</MeshLink> and start the first.
              </p>
            )}
            {services.error && (
              <ErrorState error={services.error} what="Services" onRetry={() => void services.refetch()} />
            )}
            {service !== '' && names.length === 1 && (
              <p className={classes.hint}>
                {service} has instances of {names[0]} only. Start one of the new version beside it first.
              </p>
            )}
          </Card>
          <Card title="Steps" aside={<span className={classes.hint}>Alt with ↑ or ↓ moves a step</span>}>
            <PresetPicker
              onPick={(chosen) => form.setFieldValue('steps', draftSteps(chosen))}
              steps={steps}
            />
            <StepListEditor
              steps={steps}
              onChange={(changed) => form.setFieldValue('steps', changed)}
              errorOf={errorOf}
            />
            {errorOf('steps') !== undefined && (
              <p className={classes.error} role="alert">
                {errorOf('steps')}
              </p>
            )}
          </Card>
          {steps.some(({ step }) => step.type === 'analysis') && (
            <Card title="What every analysis asks of the candidate">
              <div className={classes.thresholds}>
                <ThresholdsFields
                  thresholds={thresholdsOf(steps)}
                  onChange={(thresholds) => form.setFieldValue('steps', withThresholds(steps, thresholds))}
                  errorOf={(threshold) => thresholdError(form.errors, threshold)}
                />
              </div>
            </Card>
          )}
          <Card title="Freeze windows">
            <p className={classes.intro}>
              While one is open, no step gives the candidate more traffic; the rollout goes on by itself
              afterwards.
            </p>
            <FreezeWindowsEditor
              windows={freezeWindows}
              onChange={(changed) => form.setFieldValue('freezeWindows', changed)}
              errorOf={errorOf}
            />
            {errorOf('freezeWindows') !== undefined && (
              <p className={classes.error} role="alert">
                {errorOf('freezeWindows')}
              </p>
            )}
          </Card>
        </div>
        <div className={classes.side}>
          <Card title="What this will do">
            <RolloutPreview
              stable={stable}
              candidate={candidate}
              steps={steps.map(({ step }) => step)}
              freezeWindows={freezeWindows.map(freezeWindowOf)}
              rate={services.data?.find((row) => row.service === service)?.traffic.rate ?? 0}
            />
            <div className={classes.submit}>
              <Textarea
                label="Why"
                maxLength={500}
                autosize
                minRows={2}
                maxRows={6}
                {...form.getInputProps('reason')}
              />
              {create.error && (
                <Alert color="bad" role="alert">
                  {failureOf(create.error).message}
                </Alert>
              )}
              <div className={classes.buttons}>
                <BlockableButton
                  type="submit"
                  variant="filled"
                  blocked={permission('editor')}
                  loading={create.isPending}
                >
                  Start rollout
                </BlockableButton>
                <LinkButton href={paths.rollouts()}>Cancel</LinkButton>
              </div>
            </div>
          </Card>
        </div>
      </form>
    </>
  );
}

'use client';

import { Radio, TagsInput } from '@mantine/core';
import { everyone } from '@tulle/mesh/access-rule';
import {
  type AccessDraft,
  type AccessView,
  type Choice,
  choices,
  choose,
  nameCallers,
  namesIssue,
} from './access-draft';
import classes from './access-rule-fields.module.css';
import { callersWords } from './access-words';

/** Anyone, nobody, some by name, or what the mesh has by default. */
export function AccessRuleFields({
  view,
  draft,
  onEdit,
}: {
  view: AccessView;
  draft: AccessDraft;
  onEdit: (change: (draft: AccessDraft) => AccessDraft) => void;
}) {
  const issue = namesIssue(draft.names);
  const words = wordsOf(view);
  return (
    <div className={classes.fields}>
      <Radio.Group
        aria-label="May be called by"
        value={draft.choice}
        onChange={(value) => {
          const choice = choices.find((each) => each === value);
          if (choice !== undefined) onEdit((current) => choose(current, choice, view));
        }}
      >
        <div className={classes.choices}>
          {choices
            .filter((choice) => choice !== 'default' || view.service !== everyone)
            .map((choice) => (
              <Radio
                key={choice}
                value={choice}
                label={words[choice].label}
                description={words[choice].detail}
              />
            ))}
        </div>
      </Radio.Group>
      {draft.choice === 'some' && (
        <TagsInput
          label="Callers"
          description="Services by name, also such as are still to come"
          classNames={{ description: classes.hint }}
          placeholder={draft.names.length === 0 ? 'Name a service' : ''}
          data={view.services.filter((service) => service !== view.service)}
          value={[...draft.names]}
          onChange={(names) => onEdit((current) => nameCallers(current, names))}
          splitChars={[',', ' ']}
          acceptValueOnBlur
          maxTags={1000}
          error={issue}
        />
      )}
    </div>
  );
}

function wordsOf({
  service,
  byDefault,
}: AccessView): Readonly<Record<Choice, { label: string; detail: string }>> {
  const holds = callersWords(byDefault?.allow ?? [everyone]);
  const isDefault = service === everyone;
  return {
    default: { label: `The default of the mesh: ${holds}`, detail: 'Without a rule of its own' },
    anyone: { label: 'Anyone', detail: 'Every service with a certificate of this mesh' },
    some: { label: 'Only some', detail: isDefault ? 'Such as a gateway or monitoring' : 'Services by name' },
    nobody: {
      label: 'Nobody',
      detail: isDefault ? 'Each service needs a rule that names its callers' : 'Every call is refused',
    },
  };
}

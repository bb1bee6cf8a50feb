'use client';

import { Alert, Button, Group, Modal, Stack, Textarea } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { failureOf } from '@/trpc/failure';

interface ConfirmDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** What it will do, in numbers and names. */
  readonly children: ReactNode;
  /** The verb on the button. */
  readonly confirm: string;
  readonly tone?: 'accent' | 'bad';
  /** Asks for a comment when given; the label says what for. */
  readonly comment?: string;
  readonly commentRequired?: boolean;
  /** Rejects to keep the dialog open with the reason and what was typed. */
  readonly onConfirm: (comment: string) => Promise<unknown>;
}

/** Says what it will do before it does it. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const {
    opened,
    onClose,
    title,
    children,
    confirm,
    tone = 'accent',
    comment,
    commentRequired = false,
  } = props;
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  async function act() {
    setBusy(true);
    setError(undefined);
    try {
      await props.onConfirm(text.trim());
      setText('');
      onClose();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void act();
        }}
      >
        <Stack gap="md">
          <div>{children}</div>
          {comment !== undefined && (
            <Textarea
              label={comment}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              required={commentRequired}
              maxLength={500}
              autosize
              minRows={2}
              data-autofocus
            />
          )}
          {error !== undefined && (
            <Alert color="bad" role="alert">
              {failureOf(error).message}
            </Alert>
          )}
          <Group justify="flex-end" gap="sm">
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" variant="filled" color={tone} loading={busy}>
              {confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

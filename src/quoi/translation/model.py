"""The one model: its switches give the variants. Encoder, decoder, projection, and the losses they are trained with."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from quoi.corpus.batches import Batch
from quoi.corpus.vocabulary import BOS, PAD
from quoi.params import Translation
from quoi.translation import regularise, transformer
from quoi.translation.attention import Memory
from quoi.translation.decoder import Decoder
from quoi.translation.encoder import Encoder
from quoi.translation.loss import Entropy, linear_cross_entropy
from quoi.translation.recurrent import State
from quoi.translation.regularise import WordDropout


class Losses(NamedTuple):
    """Sums over a batch, in nats; a mean over several batches divides the sums of each by the sums of its count."""

    lesson: float
    positions: int
    free: float
    forced: float
    tokens: int


class Seq2Seq(nn.Module):
    """Sequence to sequence, recurrent (Sutskever et al. 2014; with attention, Bahdanau et al. 2015) or a Transformer.

    Args:
        settings: the variant's switches and sizes.
        source_vectors: (V_source, D) initial embedding of the source.
        target_vectors: (V_target, E) initial embedding of the target; E is the decoder's size.
    """

    def __init__(self, settings: Translation, source_vectors: Tensor, target_vectors: Tensor):
        super().__init__()
        self.settings = settings
        size = target_vectors.shape[1]
        embeddings = (
            nn.Embedding.from_pretrained(vectors.clone(), freeze=settings.freeze_vectors)
            for vectors in (source_vectors, target_vectors)
        )
        encoder, decoder = Encoder, Decoder
        if settings.cell == "transformer":
            encoder, decoder = transformer.Encoder, transformer.Decoder
        self.encoder = encoder(settings, next(embeddings), size)
        self.embedding = next(embeddings)
        self.drop_words = WordDropout(settings.dropout_words)
        self.decoder = decoder(settings, size, self.encoder.width)
        self.projection = nn.Linear(size, len(target_vectors))
        if settings.tied:
            self.projection.weight = self.embedding.weight

    def encode(self, source: Tensor, lengths: Tensor) -> tuple[State, Memory | None]:
        """Source ids (S, B) to the decoder's first state and, with attention, its memory."""
        encoded = self.encoder(source, lengths)
        return encoded.state, self.decoder.memory(encoded.outputs, encoded.mask)

    def step(self, words: Tensor, state: State, memory: Memory | None) -> tuple[Tensor, State, Tensor | None]:
        """Previous words (B,) to logits (B, V), the next state, attention weights (B, S) or None."""
        output, state, weights = self.decoder.step(self.embedding(words), state, memory)
        return self.projection(output), state, weights

    def loss(self, batch: Batch, *, padding: bool, forced: Tensor | None = None) -> Tensor:
        """Mean cross-entropy of a batch, for training.

        Only positions that count are decoded. A word's prediction is computed during the loop only if the next step
        reads it; every other position waits for one projection of many.

        Args:
            padding: True is the lesson's loss: positions after the end count, and when a whole free-running batch
                predicts padding the rest counts ln V each, as if its logits were zero. False counts real tokens only.
            forced: (T, B) booleans on the CPU; where true, the next step reads the target instead of the prediction.
                None is free-running.
        """
        steps, size = batch.target.shape
        counts = (
            [size] * steps if padding else (batch.target_lengths > torch.arange(steps).unsqueeze(1)).sum(1).tolist()
        )
        total = sum(counts)
        regularise.begin(self)
        penalty = regularise.Penalty(self.settings)
        state, memory = self.encode(batch.source, batch.source_lengths)
        entropy = linear_cross_entropy(self.projection.weight, self.projection.bias, 1 / total)

        if forced is not None and self.decoder.at_once and forced[:-1].all() and not penalty:
            words = torch.cat((torch.full_like(batch.target[:1], BOS), batch.target[:-1]))
            outputs, _ = self.decoder.sequence(self.drop_words(words, self.embedding), state, memory)
            for output, target, count in zip(outputs, batch.target, counts, strict=True):
                entropy.later(output[:count], target[:count])
            return entropy.total()

        words = torch.full_like(batch.target[0], BOS)
        for t, (count, following) in enumerate(zip(counts, [*counts[1:], 0], strict=True)):
            if count < len(state[0]):  # a slice of all rows would cost a whole gradient of zeros
                state = tuple(part[:count] for part in state)
                memory = memory and memory.first(count)
            output, state, _ = self.decoder.step(self.drop_words(words[:count], self.embedding), state, memory)
            penalty.see(output, state[-self.decoder.parts])
            target = batch.target[t, :count]
            if forced is None:
                predicted = self._predict(entropy, output, target, following, everything=padding)
                words = predicted
                if padding and bool((predicted == PAD).all()):
                    entropy.add_uniform(sum(counts[t + 1 :]))
                    break
            else:
                words = self._mix(entropy, output, target, following, forced[t, :following])
        return entropy.total() + penalty.total()

    @staticmethod
    def _predict(entropy: Entropy, output: Tensor, target: Tensor, following: int, everything: bool) -> Tensor:
        """Predictions of the rows that go on; the others' projection may wait."""
        needed = len(output) if everything else following
        if needed < len(output):
            entropy.later(output[needed:], target[needed:])
        return entropy.now(output[:needed], target[:needed])[1] if needed else target[:0]

    @staticmethod
    def _mix(entropy: Entropy, output: Tensor, target: Tensor, following: int, forced: Tensor) -> Tensor:
        """The next words of the rows that go on: targets where forced, predictions elsewhere."""
        rest = torch.ones(len(output), dtype=torch.bool)
        rest[:following] = forced
        free = (~rest).nonzero().squeeze(1).to(output.device)
        if len(free) == 0:
            entropy.later(output, target)
            return target
        words = target.clone()
        if len(free) == len(output):
            return entropy.now(output, target)[1]
        waiting = rest.nonzero().squeeze(1).to(output.device)
        entropy.later(output[waiting], target[waiting])
        words[free] = entropy.now(output[free], target[free])[1]
        return words

    @torch.no_grad()
    def losses(self, batch: Batch) -> Losses:
        """All the losses of a batch, for validation (call in eval mode).

        The free-running losses come from one pass over all positions. The lesson's takes that pass as the lesson
        would have cut it: positions after the first step where the whole batch predicts padding count ln V. The loss
        of real tokens takes it uncut, so that it depends on no batch mate.
        """
        mask = torch.arange(len(batch.target)).unsqueeze(1) < batch.target_lengths
        state, memory = self.encode(batch.source, batch.source_lengths)
        entropy = linear_cross_entropy(self.projection.weight, self.projection.bias, 1.0)
        first, words = state, torch.full_like(batch.target[0], BOS)
        free, stopped = [], len(batch.target)
        for t, target in enumerate(batch.target):
            output, state, _ = self.decoder.step(self.embedding(words), state, memory)
            losses, words = entropy.now(output, target)
            free.append(losses)
            if stopped == len(batch.target) and bool((words == PAD).all()):
                stopped = t + 1
        free = torch.stack(free).cpu()
        lesson = free.clone()
        lesson[stopped:] = math.log(self.projection.out_features)
        forced = self._forced_losses(batch, first, memory).cpu()
        tokens = int(mask.sum())
        return Losses(
            lesson.double().sum().item(), lesson.numel(),
            free[mask].double().sum().item(), forced[mask].double().sum().item(), tokens,
        )  # fmt: skip

    def _forced_losses(self, batch: Batch, state: State, memory: Memory | None) -> Tensor:
        """Losses (T, B) when every step reads the target before it."""
        words = torch.cat((torch.full_like(batch.target[:1], BOS), batch.target[:-1]))
        if self.decoder.at_once:
            outputs, _ = self.decoder.sequence(self.embedding(words), state, memory)
        else:
            steps = []
            for word in words:
                output, state, _ = self.decoder.step(self.embedding(word), state, memory)
                steps.append(output)
            outputs = torch.stack(steps)
        entropy = linear_cross_entropy(self.projection.weight, self.projection.bias, 1.0)
        return torch.stack([entropy.now(o, t)[0] for o, t in zip(outputs, batch.target, strict=True)])
